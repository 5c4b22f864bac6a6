"""Parts shared by all commands: options, console, French messages."""
