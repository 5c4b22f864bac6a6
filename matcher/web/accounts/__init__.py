"""Pages of sign-in, of a person's own account and API tokens, and of the administration of accounts and organisations; the audit journal."""
