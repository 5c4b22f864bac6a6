"""E-mail: an outbox table of messages with a state, the secret links that they contain, and sending by SMTP."""
