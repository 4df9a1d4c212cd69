import asyncio, sys, random, time
from tests.security.second import second_process
from tests.blueprints.harness import Service
from keywright.blueprints.hybrid_auth.app import create_app
VARIANTS=("postgres+redis","postgres")
async def test_stress(service: Service) -> None:
    r=random.Random(time.time_ns())
    end=time.monotonic()+100
    n=0
    while time.monotonic()<end:
        n+=1
        try:
            async with asyncio.timeout(15):
                app = create_app(service.settings, mailer=service.mails)
                async with app.router.lifespan_context(app):
                    await service.user()
                    c=service.client(); c._transport.app=app
                    if r.random()<.3:
                        await c.post("/forgot-password", json={"email":"a@b.example"})
                    await asyncio.sleep(r.random() * 0.06)
        except TimeoutError:
            for t in asyncio.all_tasks():
                t.print_stack(file=sys.stderr)
            raise
    print("rounds", n)
