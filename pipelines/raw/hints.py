"""What exports call their columns, in several languages, and how they write values.

Here: words and patterns only; guesses.py reads a header with them. Words are in lower case without accents; a phrase
fits a column whose name has all its words. `~` marks a phrase that says little by itself, `-` a word that speaks
against the column (a subtotal is no total), though the column is taken if there is no better one.
"""

from __future__ import annotations

import re

# Canonical column, with its kind where kinds differ; the shape of its values in parentheses; phrases.
_TABLE = """
response_id (unique): response id, ref, answer id, submission id, feedback id, survey response id, record id, ~id,
    antwort id, antwortnummer, id reponse, id respuesta, ~nr, ~number, ~reference, respondent id, token, entry id,
    -order, -customer, -contact, -user, -agent, -collector, -product, -session, -ip, -network, -campaign, -page,
    -company, response uuid, uuid, guid, response number, ~ticket, ~ticket id, ~case id, ~complaint id
follow_ups.response_id (id): response id, answer id, feedback id, antwort id, id reponse, id respuesta
responded_at (time): ~date, ~time, ~datetime, ~timestamp, ~when, ~created, ~created at, ~datum, ~zeit, ~zeitpunkt,
    ~zeitstempel, ~erstellt, ~fecha, ~hora, ~horodateur, ~data, ~cree, ~creado, ~marca temporal, ~tijd, ~tijdstempel,
    responded, responded at, answered, answered at, submitted, submitted at, date submitted, submission date,
    completed, completed at, completion time, date completed, rated, rated on, response date, response time, survey
    date, surveyed, surveyed at, survey completed, beantwortet, beantwortet am, antwortdatum, fertigstellungszeit,
    abgeschlossen, repondu le, date reponse, fecha respuesta, finalizacion, data risposta, ingevuld op, submit date,
    added time, ended, end date, -start, -started, -inicio, -startzeit, -birth, -updated, -modified, -sent, -invited,
    -order, -ordered, -reply, -due, -last, -delivered, -opened, -resolved, -closed, -shipped, -zone, -taken, -spent,
    -duration, -seconds, -elapsed, -first, -handle, -activity
score (score): ~score, nps, nps score, ~rating, ~grade, likelihood, recommend, how likely, ~mark, ~points, ~note,
    ~bewertung, ~punkte, ~punktzahl, empfehlen, empfehlung, weiterempfehlung, wahrscheinlich, ~notation, recommander,
    recommanderiez, ~puntuacion, ~nota, recomendar, recomendaria, ~calificacion, ~punteggio, ~voto, consiglieresti,
    ~cijfer, aanbevelen, waardering, ~value, net promoter, -average, -avg, -count, -lead, -quality, -sentiment,
    -health, -risk, -fraud, -credit, -group, -category, -type, -reason, -loyalty, -order
survey (text): survey, survey name, campaign, campaign name, form name, umfrage, enquete, encuesta, sondaggio
customer_email (email): email, e mail, mail, email address, courriel, correo, correo electronico, e mailadresse,
    customer email, buyer email, respondent email, kunden e mail, -seller, -store, -agent, -assignee, -staff, -owner,
    -recipient, -gift, -friend, -referee, -support, -vendor, e mailadres, mailadres, email adresse, customer contacts
customer_phone (phone): phone, phone number, mobile, mobile number, telephone, telefon, telefonnummer, handy, tel,
    telephone number, portable, telefono, movil, telefoon, cellulare, contact number, -fax, -store, -agent, -recipient
customer_name (person): customer name, buyer name, full name, billing name, name billing, ~customer, ~buyer, ~client,
    ~kunde, client name, kundenname, nom client, nom, nombre, ~name, -item, -lineitem, -product, -company, -file,
    -shipping, -recipient, -ship, -user, -username, -group, -type, -email, -note, -campaign, -survey, -discount,
    -method, -channel, -source, -agent, -staff, -device, -store, -vendor, -tax, -country, -first, -last, -service,
    -id, -reference, -code, -state, -city, -notes, -form, -since, -message, nome cliente, cliente, nombre cliente,
    klant, klantnaam, naam, nome, nom du client, kunde name, -cashier, -page
customer_id (id): customer id, client id, user id, contact id, kunden id, kundennummer, kundennr, id client, buyer id,
    buyer user id, member id, customer number, customer reference
order_id (id): order id, order number, order no, order, order reference, bestellnummer, bestellung, auftragsnummer,
    bestell nr, commande, numero commande, pedido, numero pedido, ordine, numero ordine, bestelnummer, purchase id,
    -date, -total, -status, -value, -items, -customer, -net, -type, -source, -tax, -shipping, -amount
orders.order_id (id): order id, order number, order no, order, order name, order reference, bestellnummer, bestellung,
    auftragsnummer, bestell nr, commande, numero commande, pedido, numero pedido, ordine, numero ordine, bestelnummer,
    purchase id, sale id, ~id, ~number, ~nr, ~invoice, ~invoice number, ~reference, ~rechnung, ~beleg, ~facture,
    ~transaction id, ~sale, -date, -total, -status, -value, -items, -item, -count, -net, -tax, -customer, -client,
    -buyer, -user, -guest, -payment, -tracking, -product, -line, -lineitem, -listing, -shipping, -phone, -zip,
    -postal, -coupon, -card, -staff, -device, -session, -first, -last, -billing, -store, -campaign, -subtotal,
    -amount, -discount, -type, -source, -note, -notes, -currency, -time, -address, -company, -external, -ship,
    -delivery, -channel, -method, -state, -parent, -full, -city, -country, -street, -email, -transaction, receipt
    number, receipt id, document number, belegnummer, rechnungsnummer, bonnummer, numero factura, order code, order
    uuid, increment id, -cashier, -ticket, -page
invited_at (time): invited, invited at, sent, sent at, send date, versendet, gesendet, envoye, enviado
comment (text): comment, comments, remark, remarks, feedback, ~text, ~reason, ~why, kommentar, bemerkung, grund,
    commentaire, comentario, commento, opmerking, verbatim, anmerkung, motivo, raison, ~response, ~body, -internal,
    -agent, -id, -date, -time, -type, -uuid, -result
language (code): language, lang, locale, sprache, langue, idioma, lingua, taal
channel (text): channel, source, medium, kanal, canal, canale, kanaal, -id, -code, -url, -uri
updated_at (time): updated, updated at, modified, last modified, changed, geandert, modifie, actualizado, last updated
ordered_at (time): ~date, ~time, ~datetime, ~timestamp, ~when, ~created, ~created at, ~datum, ~zeit, ~zeitpunkt,
    ~zeitstempel, ~erstellt, ~fecha, ~hora, ~horodateur, ~data, ~cree, ~creado, ~marca temporal, ~tijd, ~tijdstempel,
    ~date added, ~date created, order date, order time, ordered, ordered at, ordered on, purchase date, purchase
    timestamp, purchase time, purchased, placed, placed at, placed on, sale date, sale time, sold at, sold on, date of
    sale, order created, bestelldatum, bestellzeit, bestellt, bestellt am, kaufdatum, date commande, fecha pedido,
    data ordine, besteldatum, auftragsdatum, ~processed at, -shipped, -ship, -shipping, -paid, -payment, -delivery,
    -delivered, -due, -birth, -updated, -modified, -cancelled, -canceled, -refund, -refunded, -expiry, -fulfilled,
    -closed, -completed, -dispatch, -dispatched, -versand, -lieferung, -lieferdatum, -bezahlt, -last, -registered,
    -first, -expected, -estimated, -zone, -collection, -pickup, -exported, -returned, -picked
total (number): total, grand total, order total, order total amount, total collected, total price, total amount, total
    paid, ~amount, ~sum, ~revenue, ~value, order value, order amount, ~price, ~subtotal, gesamt, gesamtbetrag,
    gesamtsumme, ~summe, ~betrag, bestellwert, ~umsatz, ~brutto, ~montant, montant total, total ttc, ~importe, importe
    total, ~importo, totale, ~bedrag, totaal, rechnungsbetrag, amount total, order total inc, ~gross, gross amount,
    gross total, -sub, -subtotal, -net, -netto, -item, -items, -line, -lineitem, -unit, -discount, -discounts,
    -shipping, -delivery, -fee, -fees, -refund, -refunded, -refunds, -quantity, -weight, -cost, -tip, -count, -orders,
    -spent, -balance, -outstanding, -before, -excl, -ex, -excluding, -without, -stuck, -cash, -card, -gift, -tender,
    -tax, -vat, -taxes, -ht, -profit, -margin, -coupon, -commission, -purchased, -currency, -current, -lifetime,
    -bonus, -loyalty, -points, -products, -compare, -handling, -set, -outstanding, -conv, -conversion, -deal,
    -versand, -rabatt, -steuer, -mwst, -envio, -iva, -livraison, -remise, -wallet
currency (code): currency, curr, cur, currency code, wahrung, waehrung, devise, moneda, divisa, valuta, -presentment
is_guest (boolean): guest, is guest, gast, invite, invitado
status (word): ~status, ~state, order status, order state, financial status, payment status, ~zustand, ~statut, ~etat,
    ~estado, ~stato, bestellstatus, statut commande, estado pedido, -ship, -shipping, -billing, -province, -city,
    -code, -address, -delivery, -item, -lineitem, -marketing, -subscription, -country, -tax
cancelled (any): cancelled at, canceled at, cancelled on, canceled on, cancelled date, canceled date, cancelled,
    canceled, is cancelled, is canceled, cancellation date, date cancelled, date canceled, storniert, storniert am,
    stornodatum, annule, annule le, date annulation, cancelado, fecha cancelacion, annullato, geannuleerd, voided,
    -reason, -by, -amount, -quantity
given_back (boolean): refunded, is refunded, refund, erstattet, rembourse, reembolsado, rimborsato, terugbetaald, -at
test (testing): test, is test, test order, test mode, testbestellung, mode, livemode, live mode, is live, live,
    sandbox, environment, -payment, -shipping, -name
refunded (number): refunded, refund, refund amount, refunded amount, amount refunded, total refunded, refund total,
    refunds, order refund amount, partial refunds, erstattet, erstattung, erstattungsbetrag, rembourse, remboursement,
    montant rembourse, reembolso, reembolsado, rimborso, rimborsato, terugbetaald, -date, -at, -reason, -status, -tax,
    -quantity, -qty, -shipping, -id, -count, refunds amount
refunded_at (time): refunded at, refund date, date refunded, erstattet am
discount (number): discount, discounts, discount amount, total discounts, rabatt, remise, descuento, sconto, korting,
    -code, -name, -type, -tax, -shipping, -percent, desconto, rebate, rebate amount, reduction, coupon discount
shipping (number): shipping, shipping cost, shipping amount, shipping total, shipping and handling, order shipping,
    versand, versandkosten, livraison, envio, delivery cost, -name, -address, -city, -country, -zip, -state, -method,
    -status, -phone, -tax, -discount, -province, -street, -date, -code, -label, -weight, -first, -last, -company,
    spedizione, frete, verzending, verzendkosten, porto, shipping fees, shipping costs, frais de port, gastos de
    envio, -time
tax (number): tax, vat, taxes, tax amount, total tax, sales tax, steuer, mwst, ust, tva, iva, btw, -id, -number,
    -name, -rate, -shipping, -class, -code, -exempt, -subtotal, -discount, -inc, -incl, -ex, -excl
country (text): country, country code, land, pays, pais, paese, shipping country, ~billing country, ship country,
    delivery country, ship to country
fulfilled_at (time): shipped, shipped at, fulfilled, fulfilled at, ship date, date shipped, shipped on, shipped on
    date, versandt am, expedie, dispatched, dispatched at, dispatch date, shipping date, -by, -status
delivered_at (time): delivered, delivered at, delivery date, date delivered, geliefert, geliefert am, livre le, -by,
    -expected, -estimated
promised_at (time): promised, promised at, estimated delivery, expected delivery, liefertermin, deliver by
line_id (id): line id, line, item id, line item id, ~transaction id, ~position, ~pos, ~zeile, ~ligne, ~linea, -order,
    -name
quantity (number): quantity, qty, ~count, menge, anzahl, stuck, quantite, cantidad, quantita, aantal, -refunded,
    -total, -stock, -available
unit_price (number): unit price, ~price, item price, item cost, einzelpreis, preis, prix, precio, prezzo, prijs,
    -total, -compare
sku (id): sku, stock code, item code, article code, item number, article number, artikelnummer, artikelnr, custom
    label, product code, ~reference, ~referencia, -order, -customer, -payment
product (text): product, ~description, product name, item, item name, item title, artikel, produkt, produit, producto,
    prodotto, ~title, -id, -number, -price, -total, -quantity, -count, -sku, -category, -type, -cost, -tax
product_category (text): category, product category, kategorie, categorie, categoria, product type
brand (text): brand, vendor, manufacturer, marke, hersteller, marque, marca, merk
registered_at (time): registered, registered at, registration date, signup date, sign up, sign up date, signed up,
    joined, ~created, ~created at, ~create date, ~creation date, ~date created, ~created time, date added, member
    since, registriert, registriert am, kunde seit, customer since, inscrit, inscription, registrado, -last, -order,
    -modified
birth_year (number): birth year, year of birth, geburtsjahr, annee naissance
gender (text): gender, sex, geschlecht, sexe, genre, genero, sesso
tier (text): tier, level, loyalty tier, stufe, niveau, nivel
consent (boolean): consent, accepts marketing, opt in, einwilligung, newsletter, email opt in, subscribed
invitation_id (unique): invitation id, message id, email id, send id, einladung
invitations.invited_at (time): invited, invited at, invitation date, ~sent, ~sent at, ~send date, ~versendet
delivered (boolean): delivered, zugestellt
opened (boolean): opened, geoffnet, ouvert
unsubscribed (boolean): unsubscribed, opted out, abgemeldet
bounced (boolean): bounced, bounce
reminders (number): reminders, reminders sent, number of reminders, erinnerungen, relances
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
given_at (time): review date, reviewed at, given at, review given, review created, date reviewed
reviews_given.customer_email (email): email, reviewer email, author email, customer email, e mail, mail
date (time): date, day, datum, tag, fecha, data
rate (number): exchange rate, fx rate, kurs, wechselkurs, taux, tasa, rate, -tax, -open, -click, -conversion,
    -response
requested_at (time): requested at, erasure requested, deletion requested, request date, loschantrag
metric (metric): survey type, metric, metric type, score type, question type, ~type, ~kind, kpi, ~survey, ~survey
    name, kennzahl, umfragetyp, type enquete, tipo encuesta, ~campaign
finished (progress): finished, completed, complete, is complete, ~status, response status, survey status, response
    type, completion status, ~state, abgeschlossen, termine, completado, completato, voltooid, -ticket
clock (clock): time, order time, uhrzeit, heure, hora, ora, tijd, zeit
zone (text): time zone, timezone, tz, zeitzone, fuseau horaire, zona horaria
"""


def word_set(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


def _read(table: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    lines = re.findall(r"^([\w.]+) \((\w+)\): (.*)$", table.replace("\n    ", " "), re.MULTILINE)
    return {name: (shape, tuple(phrases.split(", "))) for name, shape, phrases in lines}


# Canonical column -> shape of its values, phrases.
HINTS = _read(_TABLE)
# Columns that are not canonical and shape what is: by kind.
HELPERS = {"orders": ("cancelled", "given_back", "test"), "responses": ("metric", "finished", "test")}

# What a column of small numbers counts, that is no score.
COUNTS = word_set(
    "number count num qty quantity total sessions visits orders clicks pages views items age year month day hour"
)
# Required columns that values alone may suggest.
NAMELESS = frozenset({"responses.responded_at", "responses.score", "orders.ordered_at", "orders.total"})

# Names of scores that are no answer to the recommendation question.
OTHER_METRICS = word_set(
    "csat ces satisfaction satisfied effort star stars zufriedenheit zufrieden satisfait satisfaccion satisfecho "
    "soddisfazione satisfacao tevredenheid tevreden aufwand easy"
)
# Words of headers of star reviews, and of nothing else that has a rating.
REVIEW_WORDS = word_set("review reviews reviewer bewertungstext avis resena recensione picture pictures stars")

# Money of an order that is not its total, whatever else its name says.
OTHER_MONEY = word_set(
    "discount discounts rabatt remise refund refunds refunded tax taxes vat mwst iva tva shipping versand livraison "
    "envio fee fees tip points handling coupon deposit commission profit cost margin weight quantity qty count "
    "number items"
)
# Words of ids.
ID_WORDS = word_set("id ids number no nr num ref reference nummer numero name invoice order token")

# Words of files that hold answers, orders or money: they are no list of customers, though they name some.
NO_CUSTOMERS = word_set(
    "score rating nps csat survey response feedback satisfaction satisfied recommend review ticket answer order "
    "orders total amount price invoice payment paid revenue spent refund bewertung umfrage bestellung bestellnummer "
    "betrag rechnung note avis commande montant facture encuesta pedido importe factura sondaggio ordine importo "
    "voto punteggio bestelling bedrag cijfer"
)

# Words of answers and of orders. A file with the first and without the second holds no orders.
ANSWER_WORDS = word_set(
    "score rating ratings survey nps csat ces response respondent feedback satisfaction review ticket umfrage "
    "bewertung enquete encuesta sondaggio"
)
ORDER_WORDS = word_set(
    "order orders invoice checkout purchase sale sales shipping payment bestellung bestellnummer commande pedido "
    "ordine bestelling rechnung facture factura"
)
# A column with all words of one of these sums a customer up: a row is a customer, not an order.
CUSTOMER_SUMS = tuple(
    word_set(words)
    for words in (
        *("total orders", "orders count", "number orders", "total spent", "lifetime value", "ltv", "last order"),
        *("anzahl bestellungen", "letzte bestellung", "nombre commandes", "derniere commande", "numero pedidos"),
        *("ultimo pedido", "numero ordini", "ultimo ordine", "aantal bestellingen", "laatste bestelling"),
    )
)
# Words beside which a phrase that says little still says as much.
NEUTRAL = word_set(
    "at on of the your our my us utc gmt date time datum zeit fecha hora data row record entry id number total amount "
    "order sale survey response website web store shop is has do da de del della der des du la le el den di dei am um "
    "invoice ordine pedido commande bestell bestelling encomenda no nr num nummer numero code"
)

# How a column says which question was asked; a word of the first pattern makes a row NPS.
NPS_WORDS = r"\bnps\b|net ?-?promoter|\brecommend"
METRIC_WORDS = rf"{NPS_WORDS}|\bcsat\b|\bces\b|customer satisfaction|customer effort"
# How a column says that a survey was not filled in to its end, and that it was.
UNFINISHED = (
    r"partial|incomplet|in progress|^started$|abandon|disqualif|deleted|not finished|unfinished|not completed|screened"
    r"|teilweise|unvollst|abgebrochen|partiel|parcial|parziale|onvolledig"
)
FINISHED = (
    *("complete", "completed", "finished", "submitted", "full", "abgeschlossen", "vollstandig", "vollständig"),
    *("complet", "termine", "terminé", "completo", "completado", "completa", "finalizado", "completato", "voltooid"),
)

# What is written like a time, whether or not a pattern below reads it.
_YEAR = r"(\d{2}|(19|20)\d{2})"
TIME_SHAPE = (
    r"(?i)(?:\pL{2,10}[.,]{0,2} )?(?:(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}"
    rf"|\d{{1,2}}[-/.]\d{{1,2}}[-/.]{_YEAR}|\pL{{3,9}}\.?[ -]\d{{1,2}}(st|nd|rd|th)?,?[ -]{_YEAR}"
    rf"|\d{{1,2}}\.?(?: de)?[ -]\pL{{3,10}}\.?(?: de)?,?[ -]{_YEAR})(?:[T ,]+\d{{1,2}}[:.h]\d{{2}}.{{0,50}})?"
)
# How a column says that a record is no customer's, and that it is.
TESTING = ("test", "testing", "sandbox", "preview", "testmode")
LIVE = ("live", "production", "livemode")
# Spellings of times, tried on cells that are not ISO 8601. Of a year before 1990 none is a match.
TIME_FORMATS = (
    *("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y"),
    *("%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d-%m-%Y", "%d.%m.%y %H:%M", "%d.%m.%y", "%d/%m/%y %H:%M", "%d/%m/%y"),
    *("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y", "%m-%d-%Y %H:%M:%S", "%m-%d-%Y %H:%M", "%m-%d-%Y"),
    *("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%d/%m/%Y %I:%M %p", "%m/%d/%y %H:%M", "%m/%d/%y"),
    *("%b %d, %Y %I:%M %p", "%b %d, %Y %H:%M", "%b %d, %Y", "%B %d, %Y", "%d %b %Y %H:%M", "%d %b %Y", "%d %B %Y"),
    *("%b %d, %Y, %I:%M:%S %p", "%b-%d-%y", "%b-%d-%Y", "%d-%b-%y", "%d-%b-%Y", "%d-%b-%Y %H:%M", "%m/%d/%y %I:%M %p"),
    *("%Y.%m.%d %H:%M:%S", "%a, %d %b %Y %H:%M:%S %z", "%Y-%m-%d %I:%M %p", "%Y/%m/%d %I:%M:%S %p"),
)
# Times since 1970: their form (for 2001 to 2033), and what turns them into seconds.
EPOCHS = ((r"1\d{9}(\.\d+)?", ""), (r"1\d{12}", " / 1000"))
