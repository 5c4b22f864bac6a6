"""Lists of published lots and of notices: chosen as commands and programs ask, written as programs read them."""
