#!/bin/sh
# The members of a network, from the sheet where it keeps them, into a catalogue of its own: tried first, then imported.
#
#     examples/own_directory.sh examples/own_directory.csv examples/own_directory.toml "Réseau d’exemple" reseau.sqlite
#
# The sheet (CSV, XLSX, ODS) is read as it is: columns are known by their titles, then by what they hold; the mapping says the others.
# The report says what was not read, line by line. `entremise catalogue undo-import` takes an import back.
set -eu
entremise=${ENTREMISE:-entremise}
sheet=$1 mapping=$2 list=$3
catalogue=sqlite:///$4

"$entremise" import tableur "$sheet" --mapping "$mapping" --nom "$list" --db "$catalogue" --dry-run
"$entremise" import tableur "$sheet" --mapping "$mapping" --nom "$list" --db "$catalogue"
"$entremise" match --objet "Nettoyage des locaux" --lieu Maubeuge --db "$catalogue"
