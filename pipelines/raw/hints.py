"""What exports call their columns, in several languages, and how they write values.

Here: words and patterns only; draft.py drafts a format from them. Words are in lower case without accents; a phrase
fits a column whose name has all its words.
"""

from __future__ import annotations

import re

# Canonical column, with its kind where kinds differ; the shape of its values in parentheses; phrases.
_TABLE = """
response_id (unique): response id, ref, answer id, submission id, feedback id, survey response id, ticket, ticket id,
    id, antwort id, antwortnummer, id reponse, id respuesta, nr, number, reference, respondent id, token
follow_ups.response_id (id): response id, answer id, feedback id, antwort id, id reponse, id respuesta
responded_at (time): date, time, datetime, timestamp, when, created, created at, datum, zeit, zeitpunkt,
    zeitstempel, erstellt, fecha, hora, horodateur, data, cree, creado, marca temporal, tijd, tijdstempel,
    responded, responded at, answered, answered at, submitted, submitted at, completed, rated, rated on, response
    date, beantwortet, beantwortet am, antwortdatum, repondu le, date reponse, fecha respuesta, data risposta,
    ingevuld op, submit date
score (score): score, nps, nps score, rating, grade, likelihood, recommend, how likely, mark, points, note,
    bewertung, punkte, punktzahl, empfehlen, empfehlung, weiterempfehlung, wahrscheinlich, notation, recommander,
    recommanderiez, puntuacion, nota, recomendar, recomendaria, calificacion, punteggio, voto, consiglieresti,
    cijfer, aanbevelen, waardering
survey (text): survey, survey name, campaign, campaign name, umfrage, enquete, encuesta, sondaggio
customer_email (email): email, e mail, mail, email address, courriel, correo, correo electronico, e mailadresse,
    customer email, buyer email, respondent email, kunden e mail
customer_id (id): customer id, client id, user id, contact id, kunden id, kundennummer, kundennr, id client
order_id (id): order id, order number, order no, order, bestellnummer, bestellung, auftragsnummer, bestell nr,
    commande, numero commande, pedido, numero pedido, ordine, numero ordine, bestelnummer, purchase id
orders.order_id (unique): order id, order number, order no, order, bestellnummer, bestellung, auftragsnummer,
    bestell nr, commande, numero commande, pedido, numero pedido, ordine, numero ordine, bestelnummer, purchase id,
    id, number, nr, invoice, reference, rechnung, beleg, facture
invited_at (time): invited, invited at, sent, sent at, send date, versendet, gesendet, envoye, enviado
comment (text): comment, comments, remark, remarks, feedback, text, reason, why, kommentar, bemerkung, grund,
    commentaire, comentario, commento, opmerking, verbatim, anmerkung, motivo, raison
language (code): language, lang, locale, sprache, langue, idioma, lingua, taal
channel (text): channel, source, medium, kanal, canal, canale, kanaal
updated_at (time): updated, updated at, modified, last modified, changed, geandert, modifie, actualizado
ordered_at (time): date, time, datetime, timestamp, when, created, created at, datum, zeit, zeitpunkt, zeitstempel,
    erstellt, fecha, hora, horodateur, data, cree, creado, marca temporal, tijd, tijdstempel, order date, ordered,
    ordered at, ordered on, purchase date, purchased, placed, placed at, bestelldatum, bestellt, bestellt am,
    kaufdatum, date commande, fecha pedido, data ordine, besteldatum, auftragsdatum
total (number): total, grand total, order total, amount, total amount, sum, revenue, value, order value, price,
    gesamt, gesamtbetrag, gesamtsumme, summe, betrag, bestellwert, umsatz, brutto, montant, montant total, total
    ttc, importe, importe total, importo, totale, bedrag, totaal, paid
currency (code): currency, curr, cur, currency code, wahrung, waehrung, devise, moneda, divisa, valuta
is_guest (boolean): guest, is guest, gast, invite, invitado
status (text): status, state, order status, zustand, statut, etat, estado, stato
refunded (number): refunded, refund, refund amount, erstattet, erstattung, rembourse, reembolso
refunded_at (time): refunded at, refund date, erstattet am
discount (number): discount, discount amount, rabatt, remise, descuento, sconto, korting
shipping (number): shipping, shipping cost, shipping amount, versand, versandkosten, livraison, envio
tax (number): tax, vat, taxes, tax amount, steuer, mwst, ust, tva, iva, btw
country (text): country, country code, land, pays, pais, paese, shipping country, billing country
fulfilled_at (time): shipped, shipped at, fulfilled, fulfilled at, ship date, versandt am, expedie
delivered_at (time): delivered, delivered at, delivery date, geliefert, geliefert am, livre le
promised_at (time): promised, promised at, estimated delivery, expected delivery, liefertermin
line_id (id): line id, line, item id, position, pos, zeile, ligne, linea
quantity (number): quantity, qty, count, menge, anzahl, stuck, quantite, cantidad, quantita, aantal
unit_price (number): unit price, price, item price, einzelpreis, preis, prix, precio, prezzo, prijs
sku (id): sku, item number, article number, artikelnummer, artikelnr, reference, referencia
product (text): product, product name, item, item name, artikel, produkt, produit, producto, prodotto, title
product_category (text): category, product category, kategorie, categorie, categoria, product type
brand (text): brand, vendor, manufacturer, marke, hersteller, marque, marca, merk
registered_at (time): registered, registered at, signup date, signed up, joined, created, registriert, registriert
    am, kunde seit, customer since, inscrit, inscription, registrado
birth_year (number): birth year, year of birth, geburtsjahr, annee naissance
gender (text): gender, sex, geschlecht, sexe, genre, genero, sesso
tier (text): tier, level, loyalty tier, stufe, niveau, nivel
consent (boolean): consent, accepts marketing, opt in, einwilligung, newsletter
invitation_id (unique): invitation id, message id, email id, send id, einladung
invitations.invited_at (time): invited, invited at, invitation date, sent, sent at, send date, versendet
delivered (boolean): delivered, zugestellt
opened (boolean): opened, geoffnet, ouvert
unsubscribed (boolean): unsubscribed, opted out, abgemeldet
bounced (boolean): bounced, bounce
referral_id (unique): referral id, referral, empfehlungs id
referred_at (time): referred, referred at, referral date, empfohlen am
advocate_email (email): advocate email, referrer email, referred by, sender email, advocate
friend_email (email): friend email, referred email, referee email, invitee email, friend
reward_cost (number): reward, reward cost, reward amount, pramie, recompense
contacted_at (time): contacted, contacted at, called, follow up date, kontaktiert, kontaktiert am
resolved_at (time): resolved, resolved at, closed, closed at, gelost am, resolu
owner (text): owner, agent, assignee, bearbeiter
outcome (text): outcome, result, ergebnis, resultat
note (text): note, notes, notiz
given_at (time): review date, reviewed at, given at, review given
date (time): date, day, datum, tag, fecha, data
rate (number): rate, exchange rate, fx rate, kurs, wechselkurs, taux, tasa
requested_at (time): requested at, erasure requested, deletion requested, request date, loschantrag
"""
HINTS: dict[str, tuple[str, tuple[str, ...]]] = {
    name: (shape, tuple(phrases.split(", ")))
    for name, shape, phrases in re.findall(r"^([\w.]+) \((\w+)\): (.*)$", _TABLE.replace("\n    ", " "), re.MULTILINE)
}

# Required columns that values alone may suggest.
NAMELESS = frozenset({"responses.responded_at", "responses.score", "orders.ordered_at", "orders.total"})

TIME_FORMATS = (
    *("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y"),
    *("%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d-%m-%Y", "%d.%m.%y %H:%M", "%d.%m.%y", "%d/%m/%y %H:%M", "%d/%m/%y"),
    *("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y", "%m-%d-%Y %H:%M:%S", "%m-%d-%Y %H:%M", "%m-%d-%Y"),
    *("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%d/%m/%Y %I:%M %p", "%m/%d/%y %H:%M", "%m/%d/%y"),
    *("%b %d, %Y %I:%M %p", "%b %d, %Y %H:%M", "%b %d, %Y", "%B %d, %Y", "%d %b %Y %H:%M", "%d %b %Y", "%d %B %Y"),
    *("%Y.%m.%d %H:%M:%S", "%Y%m%d %H:%M:%S", "%a, %d %b %Y %H:%M:%S %z", "%Y-%m-%d %I:%M %p"),
)
# Times since 1970: their form (for 2001 to 2033), and what turns them into seconds.
EPOCHS = ((r"1\d{9}(\.\d+)?", ""), (r"1\d{12}", " / 1000"))
