"""Parts shared by all pages: access control, application state, forms, error pages, security headers, typography, the server."""
