"""Text at the edge: reason codes and screens in English, Russian and Arabic."""
