#!/bin/sh
# Each night: the notices published since yesterday, and the lots that are open, as a CSV; then the messages of watches.
#
#     15 5 * * *  ENTREMISE=/opt/entremise/bin/entremise /opt/entremise/nightly_notices.sh /var/lib/entremise/lots.csv || echo échec
#
# Run twice, it does no harm: what was fetched is kept, and a watch says a lot once. A step that fails stops the rest and ends with its code.
# Messages leave where a server of messages is set (docs/deploy.md); without one, set MESSAGES=non.
set -eu
entremise=${ENTREMISE:-entremise}
since=$("${PYTHON:-python3}" -c 'from datetime import date, timedelta; print(date.today() - timedelta(days=1))')

"$entremise" fetch boamp --since "$since"
"$entremise" annonces list --format csv -o "$1"
if [ "${MESSAGES:-oui}" = oui ]; then
    "$entremise" veille envoyer
fi
