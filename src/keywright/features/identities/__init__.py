"""Identities: what providers call a user, and when one may become a way in.

identities = Identities(
store=stores.identities,
users=stores.users,
letters=letters,
purge=deletion.remove,
vault=vault,
publish=publish,
now=now,
)
user = await identities.user_of(proven)
"""
