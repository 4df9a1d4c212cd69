"""Sign-in with providers.

oauth = OAuth(
providers=providers,
transactions=stores.transactions,
identities=identities,
users=stores.users,
sessions=stores.families,
door=door,
…
)
app.include_router(router, prefix="/api/auth")
"""
