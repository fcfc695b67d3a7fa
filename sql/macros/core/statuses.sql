-- The words of order statuses as they are compared.

-- Lower case, without accents, blanks and signs, and without the prefix of WooCommerce: wc-on-hold, On Hold and on_hold
-- are one word.
CREATE OR REPLACE TEMP MACRO status_word(status) AS nullif(regexp_replace(
    replace(strip_accents(regexp_replace(lower(status), '^\s*wc[-_ ]', '')), 'ß', 'ss'), '[^\p{L}\p{N}]+', '', 'g'), '');

-- The word without the noun: Order Cancelled, Bestellung storniert, Commande annulée.
CREATE OR REPLACE TEMP MACRO without_noun(word) AS regexp_replace(word,
    '^(order|bestellung|auftrag|commande|pedido|ordine|encomenda|bestelling)'
    || '|(order|bestellung|auftrag|commande|pedido|ordine|encomenda|bestelling)$', '');
