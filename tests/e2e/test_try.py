import pytest, time, signal, subprocess
from tests.e2e.desktop import until
from tests.e2e.program import VAULTDESK, ROOT, App
pytestmark = pytest.mark.e2e
RC = '''<?xml version="1.0"?><openbox_config xmlns="http://openbox.org/3.4/rc"><applications><application class="*" name="*"><iconic>yes</iconic></application></applications></openbox_config>'''
def test_iconic(desktop, loan_home, tmp_path, gld_at_350):
    rc = tmp_path/"rc.xml"; rc.write_text(RC)
    wm = subprocess.Popen(["openbox","--replace","--config-file",str(rc)], env=desktop.environment)
    time.sleep(1)
    out=open(tmp_path/"o","wb")
    p = subprocess.Popen([*VAULTDESK,*gld_at_350], cwd=ROOT, env={**desktop.environment,"VAULTDESK_HOME":str(loan_home)},stdout=out,stderr=out)
    time.sleep(4)
    app = App(desktop, loan_home, p, tmp_path/"o")
    print(sorted(app.ids())[:5])
    print(app.text("loan.ltv"), app.facts("desk")["states"])
    p.terminate()
    try: print(p.wait(4))
    except Exception as e: print("HUNG", e); p.kill(); p.wait()
    wm.terminate(); wm.wait()
