import pytest
from django.urls import reverse
from playwright.sync_api import Browser
from tests.factories import *
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from tickets.models import OutgoingMail
@pytest.mark.parametrize("lang,scheme,width", [("en","light",1440),("ar","dark",320)])
def test_look(live_server, desk, alice, browser: Browser, axe_source, lang, scheme, width):
    models.User.objects.update(language=lang)
    EmailAddress.objects.create(user=alice.user,email=alice.email,verified=True,primary=True)
    TOTP.activate(alice.user,"ABCDEFGH")
    bad=[]
    def shoot(page,name):
        res=page.evaluate(axe_source+"\n;axe.run(document,{runOnly:['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']}).then(r=>r.violations.map(v=>[v.id,v.nodes.map(n=>n.html.slice(0,140)).slice(0,3)]))")
        over=page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if res or over>0: bad.append((name,res,over))
        page.screenshot(path=f"/tmp/shots7/{name}-{lang}-{scheme}-{width}.png",full_page=True)
    ctx=browser.new_context(locale=lang,color_scheme=scheme,viewport={"width":width,"height":900}); page=ctx.new_page()
    page.on("console",lambda msg: bad.append(("console",page.url,msg.text)) if msg.type in ("error","warning") else None)
    u=live_server.url
    page.goto(u+reverse("account_login")); page.fill("[name=login]",alice.email); page.check("input[value=password]"); page.fill("[name=password]",PASSWORD); page.click("form .btn.wide")
    shoot(page,"second"); page.fill("[name=code]","000000"); page.click("main .btn"); shoot(page,"second-wrong")
    page.click("[form=leave]"); assert "login" in page.url
    page.goto(u+reverse("account_signup")); page.fill("[name=name]","Nora"); page.fill("[name=email]","nora@example.com"); page.fill("[name=password1]","a long walk home")
    assert page.input_value("[name=time_zone]")
    page.click("main .btn"); shoot(page,"confirm-mail")
    page.click("main summary"); shoot(page,"confirm-mail-change")
    page.click("[form=resend]"); shoot(page,"resent")
    page.goto(u+reverse("account_reset_password")); page.fill("[name=email]",alice.email); page.click("main .btn")
    link=OutgoingMail.objects.latest("pk").data["facts"]["password_reset_url"]
    page.goto(u+"/accounts/"+link.split("/accounts/")[1]); shoot(page,"new-password"); page.click("main .btn"); shoot(page,"new-password-missing")
    page.fill("[name=password1]","a brand new walk"); page.click("main .btn"); shoot(page,"new-password-done"); print(page.url)
    ctx2=browser.new_context(locale=lang); p2=ctx2.new_page(); p2.goto(u+"/accounts/"+link.split("/accounts/")[1]); shoot(p2,"reset-used"); ctx2.close()
    ctx.close(); print(bad); assert not bad
