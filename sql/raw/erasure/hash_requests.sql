-- Requests are kept without saying whom they are about.
UPDATE checked_erasures SET identity = NULL, phone_identity = NULL, extra = NULL,
    customer_email = keyed(coalesce(email_identity(customer_email), customer_email), ''),
    customer_id = keyed(id_identity(source, customer_id), ''),
    customer_phone = keyed(coalesce(phone_identity, customer_phone), '')
