"""Annual report of an organisation (« bilan »): its social purchases counted from dossiers, ledgers, programme and public data on contracts."""
