"""Parts shared by all endpoints of the API: their declaration, their OpenAPI description, the check of tokens, the strict reading of requests."""
