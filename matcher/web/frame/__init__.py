"""Parts shared by all pages: access, application state, errors, security headers, typography."""
