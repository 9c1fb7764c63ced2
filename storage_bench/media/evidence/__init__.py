"""Evidence of media that somebody with more rights collected: drives, controllers, clusters."""
