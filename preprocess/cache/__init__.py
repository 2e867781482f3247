"""What a build keeps for the next one: results of its steps, under the digests of all that they depend on."""
