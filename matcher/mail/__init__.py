"""Messages by SMTP: an outbox of rows with a state, the secret links that they carry, the dialogue with the server."""
