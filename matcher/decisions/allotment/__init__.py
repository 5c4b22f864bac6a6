"""Allotment: cuts a buyer's list of sites into lots (parts of one contract) small and compact enough for several suppliers to bid on each."""
