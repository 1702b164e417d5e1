"""The local database and one store per capability."""
