"""Comments: sentences in seven languages, each about one topic of the driver lexicon.

Here: the sentences, and composing a comment from an answer's category and language. Not here: whether somebody
comments (surveys). A sentence contains a word stem of its own topic in the lexicon, and of no other topic.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.simulate.truth.parameters import Parameters

TOPICS = (
    "delivery", "packaging", "product_quality", "price", "site_navigation", "checkout_payment", "support", "pictures",
)  # fmt: skip
LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt")
NO_TOPIC = len(TOPICS)

# Weights of a comment's topics by the answer's category; the last one is that of no topic.
TOPIC_WEIGHTS = {
    "promoter": (12, 8, 30, 10, 8, 5, 15, 5, 7),
    "passive": (18, 10, 20, 20, 10, 8, 6, 3, 5),
    "detractor": (22, 8, 22, 12, 6, 10, 14, 4, 2),
}
CATEGORIES = tuple(TOPIC_WEIGHTS)  # promoter, passive, detractor; 0, 1, 2 where a category is a number

# Language -> topic (in the order of TOPICS) -> two sentences of praise, two of blame.
SENTENCES: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "en": (
        ("Delivered a day early.", "The courier was quick.",
         "The delivery took far too long.", "It arrived days after the promised date."),
        ("The packaging was neat and solid.", "Carefully wrapped.",
         "The packaging was torn.", "Badly wrapped, nothing protected it."),
        ("Excellent quality.", "The quality is better than I hoped.",
         "Poor quality.", "It broke after a week."),
        ("Great price.", "Good value for money.",
         "Too expensive.", "The price is too high."),
        ("The website is easy to use.", "The search finds everything.",
         "The website is confusing.", "Things are hard to find."),
        ("Checkout was simple.", "Paying by card took seconds.",
         "The checkout failed twice.", "My payment was taken twice."),
        ("The support team solved it at once.", "Helpful staff.",
         "Support never answered.", "Rude staff."),
        ("Exactly like the pictures.", "The photos are true to life.",
         "The pictures are misleading.", "The description promised something else."),
    ),
    "de": (
        ("Die Lieferung kam einen Tag früher.", "Der Versand war schnell.",
         "Die Lieferung kam viel zu spät.", "Die Zustellung hat ewig gedauert."),
        ("Die Verpackung war ordentlich und stabil.", "Sorgfältig verpackt.",
         "Die Verpackung war aufgerissen.", "Schlecht verpackt, nichts war geschützt."),
        ("Ausgezeichnete Qualität.", "Die Qualität ist besser als erhofft.",
         "Schlechte Qualität.", "Nach einer Woche kaputt."),
        ("Toller Preis.", "Sehr günstig.",
         "Zu teuer.", "Der Preis ist zu hoch."),
        ("Die Website ist leicht zu bedienen.", "Die Suche findet alles.",
         "Die Website ist verwirrend.", "Die Suche zeigt das Falsche."),
        ("Die Bezahlung war einfach.", "An der Kasse ging alles schnell.",
         "Die Zahlung wurde doppelt abgebucht.", "Die Rechnung fehlt bis heute."),
        ("Der Kundendienst hat sofort geholfen.", "Sehr freundliche Hilfe.",
         "Der Kundendienst meldet sich nie.", "Keine Antwort auf meine Fragen."),
        ("Sieht genau aus wie auf den Bildern.", "Die Fotos stimmen.",
         "Die Bilder täuschen.", "Die Beschreibung stimmt nicht."),
    ),
    "es": (
        ("La entrega llegó un día antes.", "Envío muy rápido.",
         "El envío tardó demasiado.", "La entrega llegó con retraso."),
        ("El embalaje era cuidado y sólido.", "Muy buen embalaje.",
         "El embalaje estaba desgarrado.", "Mal empaquetado, sin protección."),
        ("Calidad excelente.", "La calidad es mejor de lo esperado.",
         "Mala calidad.", "Roto en una semana."),
        ("Muy buen precio.", "Barato y sin sorpresas.",
         "Demasiado caro.", "El precio es muy alto."),
        ("La web es fácil de usar.", "La búsqueda lo encuentra todo.",
         "La web es confusa.", "La búsqueda no encuentra nada."),
        ("El pago fue sencillo.", "Pagar con tarjeta fue cosa de segundos.",
         "El pago falló dos veces.", "Nunca recibí la factura."),
        ("La atención al cliente lo resolvió enseguida.", "Soporte muy amable.",
         "La atención al cliente no contesta.", "Nadie responde."),
        ("Igual que en las fotos.", "Las imágenes son fieles.",
         "Las fotos engañan.", "La descripción no coincide."),
    ),
    "fr": (
        ("Livraison en avance d'un jour.", "Livré très vite.",
         "La livraison a pris beaucoup trop de temps.", "Commande reçue en retard."),
        ("Emballage soigné et solide.", "Très bon emballage.",
         "L'emballage était déchiré.", "Emballage insuffisant, rien n'était protégé."),
        ("Excellente qualité.", "La qualité est meilleure que prévu.",
         "Mauvaise qualité.", "Cassé au bout d'une semaine."),
        ("Très bon prix.", "Des tarifs intéressants.",
         "Trop cher.", "Les prix sont trop élevés."),
        ("Le site est facile à utiliser.", "La navigation est fluide.",
         "Le site est confus.", "La navigation est pénible."),
        ("Le paiement est simple.", "Payer par carte a pris quelques secondes.",
         "Le paiement a échoué deux fois.", "Je n'ai jamais reçu la facture."),
        ("Le service client a tout réglé aussitôt.", "Des conseils utiles.",
         "Le service client ne répond jamais.", "Accueil désagréable."),
        ("Exactement comme sur la photo.", "Les images sont fidèles.",
         "Les photos sont trompeuses.", "La description ne correspond pas."),
    ),
    "it": (
        ("Consegna con un giorno di anticipo.", "Spedizione velocissima.",
         "La consegna ha richiesto troppo tempo.", "Arrivato in ritardo."),
        ("Imballaggio curato e solido.", "Ottimo imballaggio.",
         "L'imballaggio era strappato.", "Confezione rovinata."),
        ("Ottima qualità.", "La qualità supera le aspettative.",
         "Scarsa qualità.", "Rotto dopo una settimana."),
        ("Ottimo prezzo.", "Economico, senza sorprese.",
         "Troppo caro.", "I prezzi sono alti."),
        ("Il sito è facile da usare.", "La ricerca trova tutto.",
         "Il sito è confuso.", "La ricerca non trova niente."),
        ("Il pagamento è stato semplice.", "Pagare con la carta è questione di secondi.",
         "Il pagamento è fallito due volte.", "Aspetto ancora il rimborso."),
        ("L'assistenza ha risolto subito.", "Servizio cortese.",
         "L'assistenza non si fa viva.", "Nessuno risponde."),
        ("Identico alle foto.", "Le immagini sono fedeli.",
         "Le foto ingannano.", "La descrizione è sbagliata."),
    ),
    "nl": (
        ("De levering was een dag eerder.", "Snelle bezorging.",
         "De levering kwam veel te laat.", "De bezorging was traag."),
        ("De verpakking was netjes en stevig.", "Zorgvuldige verpakking.",
         "De verpakking was gescheurd.", "Slechte verpakking, niets beschermd."),
        ("Uitstekende kwaliteit.", "De kwaliteit is beter dan verwacht.",
         "Slechte kwaliteit.", "Na een week kapot."),
        ("Mooie prijs.", "Lekker goedkoop.",
         "Veel te duur.", "De prijs is te hoog."),
        ("De website is makkelijk in gebruik.", "Zoeken gaat prima.",
         "De website is verwarrend.", "Zoeken werkt niet."),
        ("Betalen was eenvoudig.", "Afrekenen ging snel.",
         "De betaling mislukte twee keer.", "De factuur ontbreekt."),
        ("De klantenservice hielp meteen.", "Fijne service.",
         "De klantenservice reageert nooit.", "Ik krijg geen antwoord."),
        ("Precies zoals op de foto.", "De afbeeldingen kloppen.",
         "De foto's misleiden.", "De beschrijving klopt niet."),
    ),
    "pt": (
        ("A entrega chegou um dia antes.", "Envio muito rápido.",
         "A entrega demorou demais.", "Chegou com atraso."),
        ("A embalagem era cuidada e sólida.", "Muito boa embalagem.",
         "A embalagem estava rasgada.", "Mal embrulhado, sem proteção."),
        ("Excelente qualidade.", "A qualidade é melhor do que eu esperava.",
         "Má qualidade.", "Ficou com defeito numa semana."),
        ("Ótimo preço.", "Barato e sem surpresas.",
         "Caro demais.", "O preço é muito alto."),
        ("O site é fácil de usar.", "A busca encontra tudo.",
         "O site é confuso.", "A busca não encontra nada."),
        ("O pagamento foi simples.", "Pagar com cartão levou segundos.",
         "O pagamento falhou duas vezes.", "Ainda espero o reembolso."),
        ("O atendimento resolveu tudo na hora.", "Suporte muito simpático.",
         "O atendimento nunca atende.", "Ninguém responde."),
        ("Igual às fotos.", "A imagem é fiel.",
         "As fotos enganam.", "A descrição engana."),
    ),
}  # fmt: skip

# Language -> two openings for promoters, passives, detractors.
OPENINGS: dict[str, tuple[str, ...]] = {
    "en": ("Love this shop!", "Very happy.", "All fine.", "Okay overall.", "Disappointed.", "Never again."),
    "de": ("Super Laden!", "Sehr zufrieden.", "Alles in Ordnung.", "Ganz okay.", "Enttäuscht.", "Nie wieder."),
    "es": ("¡Me encanta esta tienda!", "Muy contenta.", "Todo bien.", "Normal.", "Decepcionado.", "Nunca más."),
    "fr": ("J'adore cette boutique !", "Très satisfaite.", "Correct.", "Rien de spécial.", "Déçue.", "Plus jamais."),
    "it": ("Adoro questo negozio!", "Molto soddisfatta.", "Tutto bene.", "Nella norma.", "Delusa.", "Mai più."),
    "nl": ("Geweldige winkel!", "Zeer tevreden.", "Prima.", "Gaat wel.", "Teleurgesteld.", "Nooit meer."),
    "pt": ("Adoro esta loja!", "Muito satisfeita.", "Tudo certo.", "Normal.", "Decepcionado.", "Nunca mais."),
}

# Language -> invitation to write, invitation to call.
PLEAS = {
    "en": ("Please write to", "Please call"),
    "de": ("Bitte schreiben Sie an", "Rufen Sie an:"),
    "es": ("Escríbanme a", "Llámenme al"),
    "fr": ("Écrivez-moi à", "Appelez-moi au"),
    "it": ("Scrivetemi a", "Chiamatemi al"),
    "nl": ("Schrijf mij op", "Bel mij op"),
    "pt": ("Escrevam para", "Liguem para"),
}


def choose(weights: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """One column number per row, with probability proportional to the row's weights."""
    cumulated = weights.cumsum(axis=1)
    drawn = rng.random(len(weights)) * cumulated[:, -1]
    return np.asarray((cumulated <= drawn[:, None]).sum(axis=1), dtype=np.int64)


def compose(
    *,
    category: NDArray[np.int64],
    language: NDArray[np.int64],
    late: NDArray[np.bool_],
    address: pl.Series,
    parameters: Parameters,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """One comment per answer: `comment`, `topic_1` and `topic_2` (numbers into TOPICS, NO_TOPIC for none).

    Args:
        category: 0 promoter, 1 passive, 2 detractor.
        language: number into LANGUAGES.
        late: the answer is about an order that came late.
        address: an e-mail address that some comments give away.
        parameters: shares of comments with a second topic, an address or a phone number.
        rng: source of chance.
    """
    count = len(category)
    weights = np.array(list(TOPIC_WEIGHTS.values()), dtype=np.float64)[category]
    weights[late, 0] *= parameters.late_delivery_topic
    first, second = choose(weights, rng), choose(weights, rng)
    lone = (first == NO_TOPIC) | (second == first) | (rng.random(count) >= parameters.second_topic)
    second[lone] = NO_TOPIC
    blame = np.where(category == 1, rng.random(count) < 0.5, category == 2)

    sentences = pl.Series([text for name in LANGUAGES for topic in SENTENCES[name] for text in topic] + [""])
    openings = pl.Series([text for name in LANGUAGES for text in OPENINGS[name]])
    pleas = pl.Series([text for name in LANGUAGES for text in PLEAS[name]])

    def sentence(topic: NDArray[np.int64]) -> pl.Series:
        place = ((language * len(TOPICS) + topic) * 2 + blame) * 2 + rng.integers(0, 2, count)
        return sentences.gather(np.where(topic == NO_TOPIC, len(sentences) - 1, place))

    by_phone = rng.integers(0, 2, count)
    parts: dict[str, Any] = {
        "opening": openings.gather(language * 6 + category * 2 + rng.integers(0, 2, count)),
        "one": sentence(first),
        "two": sentence(second),
        "break": np.where(rng.random(count) < 0.1, "\n", " "),
        "gives": rng.random(count) < parameters.contact_in_comment,
        "plea": pleas.gather(language * 2 + by_phone),
        "by_phone": by_phone == 1,
        "address": address,
        "phone": rng.integers(1000, 10_000, count),
        "topic_1": first,
        "topic_2": second,
    }
    # 01 99 00 is the block that France keeps for fiction: nobody's number.
    contact = pl.when("by_phone").then(pl.format("+33 1 99 00 {}", "phone")).otherwise("address")
    return pl.DataFrame(parts).select(
        comment=pl.concat_str(
            "opening",
            pl.when(pl.col("one") != "").then(pl.concat_str("break", "one")).otherwise(pl.lit("")),
            pl.when(pl.col("two") != "").then(pl.concat_str(pl.lit(" "), "two")).otherwise(pl.lit("")),
            pl.when("gives").then(pl.format(" {} {}", "plea", contact)).otherwise(pl.lit("")),
        ),
        topic_1="topic_1",
        topic_2="topic_2",
        gives_contact="gives",
    )
