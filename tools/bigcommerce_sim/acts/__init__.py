"""What people do: shoppers in the shop, staff in the control panel."""
