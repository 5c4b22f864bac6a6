"""Coverage: compares a buyer's lots with the structures of a network (CRESS, federation…): who may answer each lot, alone or together, and the gaps."""
