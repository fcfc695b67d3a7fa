-- Identities of the friends whose referrals changed: a new earlier referral may take the credit from another.
-- Temporary table: changed_referrals.
SELECT i.identity FROM vault.raw.identities AS i
WHERE i.identity IN (SELECT friend_identity FROM vault.raw.referrals)
    AND pseudonym(i.person) IN (SELECT friend_id FROM changed_referrals)
