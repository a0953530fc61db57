-- Nobody looks for errors by their next try: a refusal is read with its object, and what is due stands in `due`.
-- Old code sees: the same rows.

drop index error_retry;
