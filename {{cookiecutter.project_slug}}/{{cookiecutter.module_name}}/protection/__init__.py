"""What keeps one client, or one failing part, from harming the others."""
