"""A meeting day (an event of short meetings between buyers and suppliers): its data model, the changes of its journal, its storage."""
