-- PrestaShop, "Commandes / Exporter", back office in French; see prestashop.orders.sql. The header is
-- known from one source only.
-- source: prestashop
-- recognised by: ID, Référence, Nouveau client, Client, Total, Paiement, État, Date
-- also reads: Livraison
SELECT
    file_id,
    row_number,
    "ID" AS order_id,
    "Référence" AS order_number,
    "Date" AS ordered_at,
    "Total" AS total,
    "Client" AS customer_name,
    "État" AS status,
    "Livraison" AS country
FROM input
