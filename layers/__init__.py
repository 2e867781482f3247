"""What is on the map: sources, layers and indicators, declared one TOML file each."""
