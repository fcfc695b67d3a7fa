-- Files a request by an e-mail address or by an id (one of the two) among the landed ones.
INSERT INTO checked_erasures BY NAME
SELECT $email::VARCHAR AS customer_email, $id::VARCHAR AS customer_id, $requested_at::TIMESTAMPTZ AS requested_at,
    'canonical' AS source, $file_id AS file_id, $row_number AS row_number,
    coalesce(email_identity($email::VARCHAR), id_identity('canonical', $id::VARCHAR)) AS identity
