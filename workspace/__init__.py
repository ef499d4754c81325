"""What outlives a browser tab: projects, files by digest, jobs, settings."""
