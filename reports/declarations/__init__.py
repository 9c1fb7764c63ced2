"""What people declare: facilities, policies, plans, inventories. Strictly read."""
