"""Open services, asked politely. The only room of importers that knows the network."""
