"""Reports of records: drawn, and the service that makes them."""
