"""The columns that a file of refused rows has beside the customer's own."""

LINE, REASON, ROW_ID = "Line", "Reason", "Row id"
OUR_COLUMNS = (LINE, REASON, ROW_ID)
# Behind ours, in a file of rows of which one has more cells than the header. It is no column: what stands in it refuses
# its row until it is mended.
TOO_MUCH = "Too much"
