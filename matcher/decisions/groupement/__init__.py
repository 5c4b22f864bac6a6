"""Groupements (joint bids, groupements momentanés d’entreprises): finds sets of suppliers that could answer a lot together."""
