"""What the settings of a company could be, by what its accounts hold."""
