"""Published notices: cleaned, gathered by contract, and the open lots that each supplier may answer."""
