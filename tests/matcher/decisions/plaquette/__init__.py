"""Tests of the plaquette of a territory."""
