"""What the workbench costs, against scripts a person would write."""
