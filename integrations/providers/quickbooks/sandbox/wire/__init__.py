"""What goes over the line: JSON, times, and how QuickBooks says no."""
