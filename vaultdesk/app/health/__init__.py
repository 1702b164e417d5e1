"""How the desk is: gathered, told, and written down for whoever is to help."""
