"""Open services, asked politely. The only room of importers that reaches the network."""
