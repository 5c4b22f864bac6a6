"""Event sourcing: journals of signed changes, from which dossiers and meeting days are rebuilt; independent of both."""
