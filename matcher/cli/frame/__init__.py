"""Parts shared by all commands: options, output to terminal or file, French help and error messages."""
