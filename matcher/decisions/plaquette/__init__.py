"""Plaquette of a territory: its inclusive structures trade by trade, on paper and as files, with only what may be handed over."""
