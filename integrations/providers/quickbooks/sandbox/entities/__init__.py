"""One file for each kind of thing that books hold: its properties, its rules, what it posts."""
