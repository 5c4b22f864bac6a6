"""Commands `entremise club …`: days of meetings between buyers and suppliers (Club Busin’ESS)."""
