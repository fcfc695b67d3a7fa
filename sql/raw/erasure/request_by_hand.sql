-- Files a request by an e-mail address, by an id or by a phone number (one of the three) among the landed ones.
INSERT INTO checked_erasures BY NAME
SELECT $email::VARCHAR AS customer_email, $id::VARCHAR AS customer_id, $phone::VARCHAR AS customer_phone,
    $requested_at::TIMESTAMPTZ AS requested_at, 'canonical' AS source, $file_id AS file_id, $row_number AS row_number,
    'p:' || $phone::VARCHAR AS phone_identity,
    coalesce(email_identity($email::VARCHAR), id_identity('canonical', $id::VARCHAR), 'p:' || $phone::VARCHAR) AS identity
