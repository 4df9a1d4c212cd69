import asyncio, sys
from tests.security.second import second_process
from tests.blueprints.harness import Service
VARIANTS=("postgres+redis",)
async def test_stress(service: Service) -> None:
    for i in range(150):
        try:
            async with asyncio.timeout(15):
                async with second_process(service) as other:
                    c = await service.signed_in(transport="bearer")
                    await asyncio.sleep((i % 20) * 0.002)
        except TimeoutError:
            for t in asyncio.all_tasks():
                t.print_stack(file=sys.stderr)
            raise
